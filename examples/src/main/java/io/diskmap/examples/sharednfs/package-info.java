/** Several instances of one application that share the files of an NFS export. */
@NullMarked
package io.diskmap.examples.sharednfs;

import org.jspecify.annotations.NullMarked;
