/**
 * Remote procedure calls over TCP (RFC 5531): one connection with many calls in flight, record
 * marking, and credentials.
 *
 * <p>RPCSEC_GSS has its place as another {@link io.diskmap.nfs.rpc.Credential}; RPC with TLS (RFC
 * 9289) has its place as another {@link io.diskmap.nfs.rpc.Wire}.
 */
@NullMarked
package io.diskmap.nfs.rpc;

import org.jspecify.annotations.NullMarked;
