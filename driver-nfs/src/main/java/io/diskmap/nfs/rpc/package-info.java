/**
 * Remote procedure calls over TCP (RFC 5531): one connection with many calls in flight, record
 * marking, and credentials.
 *
 * <p>RPC with TLS (RFC 9289) is another {@link io.diskmap.nfs.rpc.Wire}; RPCSEC_GSS has its place
 * as another {@link io.diskmap.nfs.rpc.Credential}.
 */
@NullMarked
package io.diskmap.nfs.rpc;

import org.jspecify.annotations.NullMarked;
