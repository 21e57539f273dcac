/**
 * The services server: the internal storage API over the disks of a process, as a stand-alone
 * server or as a servlet. {@link io.diskmap.http.server.StorageServer} is the door; all else is
 * internal.
 */
@NullMarked
package io.diskmap.http.server;

import org.jspecify.annotations.NullMarked;
