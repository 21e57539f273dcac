/** The driver {@code remote-http}: a disk of a services server, reached over HTTP. */
@NullMarked
package io.diskmap.http.client;

import org.jspecify.annotations.NullMarked;
