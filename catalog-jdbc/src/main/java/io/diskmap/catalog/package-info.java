/**
 * The catalogue of task outputs: which files a task of a user left, where they are, and whose they
 * are.
 */
@NullMarked
package io.diskmap.catalog;

import org.jspecify.annotations.NullMarked;
