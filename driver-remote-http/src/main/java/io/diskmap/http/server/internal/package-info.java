/** What the engines that speak HTTP share. Nothing here is for use outside this module. */
@NullMarked
package io.diskmap.http.server.internal;

import org.jspecify.annotations.NullMarked;
