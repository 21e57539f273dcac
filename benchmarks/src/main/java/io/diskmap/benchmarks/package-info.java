/** Diskmap beside other clients: ratios of one run, at least three interleaved rounds, medians. */
@NullMarked
package io.diskmap.benchmarks;

import org.jspecify.annotations.NullMarked;
