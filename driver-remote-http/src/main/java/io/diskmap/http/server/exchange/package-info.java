/**
 * One request and its answer, for handlers that a {@link io.diskmap.http.server.StorageServer} has
 * mounted beside the storage API: the exchange, and what every handler answers alike.
 */
@NullMarked
package io.diskmap.http.server.exchange;

import org.jspecify.annotations.NullMarked;
