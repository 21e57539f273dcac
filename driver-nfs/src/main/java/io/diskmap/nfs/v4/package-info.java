/**
 * The NFS version 4 client (RFC 8881, RFC 7862): operations, sessions with slots, open files, and
 * recovery from lost connections, ended leases and restarted servers.
 */
@NullMarked
package io.diskmap.nfs.v4;

import org.jspecify.annotations.NullMarked;
