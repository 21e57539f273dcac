/**
 * The wire contract of the internal storage API: names, grammars and documents that client and
 * server share. Everything here is immutable or confined to one call.
 */
@NullMarked
package io.diskmap.http.protocol;

import org.jspecify.annotations.NullMarked;
