/** A small immutable JSON tree whose values know where they stand in the text. */
@NullMarked
package io.diskmap.internal.json;

import org.jspecify.annotations.NullMarked;
