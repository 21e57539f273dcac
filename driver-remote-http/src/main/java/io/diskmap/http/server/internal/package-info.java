/**
 * The exchange interface between the storage API and the engines that speak HTTP for it. Nothing
 * here is for use outside this module.
 */
@NullMarked
package io.diskmap.http.server.internal;

import org.jspecify.annotations.NullMarked;
