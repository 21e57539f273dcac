/** Checks JSON objects against option tables, and resolves references inside text values. */
@NullMarked
package io.diskmap.internal.options;

import org.jspecify.annotations.NullMarked;
