/** A worker that reads models and inputs from an SFTP server and writes its results back. */
@NullMarked
package io.diskmap.examples.sftp;

import org.jspecify.annotations.NullMarked;
