/** What tests store: content that need not be kept to be compared, and names that break stores. */
@NullMarked
package io.diskmap.testkit.data;

import org.jspecify.annotations.NullMarked;
