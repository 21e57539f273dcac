/**
 * The catalogue over HTTP: {@code /api/files}, for a services server to mount, and who its callers
 * are.
 */
@NullMarked
package io.diskmap.catalog.http;

import org.jspecify.annotations.NullMarked;
