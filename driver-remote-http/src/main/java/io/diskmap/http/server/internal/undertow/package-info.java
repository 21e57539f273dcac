/** The stand-alone engine, on Undertow core. */
@NullMarked
package io.diskmap.http.server.internal.undertow;

import org.jspecify.annotations.NullMarked;
