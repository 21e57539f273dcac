/** What both ends know of sockets. Nothing here is for use outside this module. */
@NullMarked
package io.diskmap.http.internal.socket;

import org.jspecify.annotations.NullMarked;
