package io.diskmap;

import io.diskmap.spi.OptionValues;
import java.util.Optional;

/**
 * One disk of a map that has been found right. Immutable; any thread may use it.
 *
 * @param name the name of the disk
 * @param driver the driver, that of the base for a view
 * @param options the values of the driver's and the common options, those of the base for a view
 * @param viewOf the base, whose sessions a view shares
 * @param prefix the prefix of the base that is the root of a view, else empty
 * @param readOnly whether calls that change something are refused
 */
record DiskSpec(
    String name,
    String driver,
    OptionValues options,
    Optional<String> viewOf,
    String prefix,
    boolean readOnly) {}
