/**
 * Disks on NFS exports, by a client of NFS version 4.1 and 4.2 in pure Java: no mount, no native
 * code, no further library.
 */
@NullMarked
package io.diskmap.nfs;

import org.jspecify.annotations.NullMarked;
