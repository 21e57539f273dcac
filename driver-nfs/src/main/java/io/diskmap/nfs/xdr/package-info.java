/**
 * External data representation (RFC 4506): what the NFS client writes to and reads from the wire.
 */
@NullMarked
package io.diskmap.nfs.xdr;

import org.jspecify.annotations.NullMarked;
