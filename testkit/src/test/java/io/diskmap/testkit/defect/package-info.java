/** Drivers with planted defects, and the proof that the contract's tests find each of them. */
@NullMarked
package io.diskmap.testkit.defect;

import org.jspecify.annotations.NullMarked;
