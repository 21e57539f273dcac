package io.diskmap;

/**
 * What a storage stands for.
 *
 * <p>Immutable; holds no secret.
 *
 * @param disk its name in the disk map
 * @param driver the driver's name
 * @param role the role of this process
 * @param endpoint where the store is
 * @param prefix the scope of this view; the root for the whole disk
 * @param readOnly whether this view refuses changes
 */
public record StorageInfo(
    String disk,
    String driver,
    ServerRole role,
    String endpoint,
    StoragePath prefix,
    boolean readOnly) {}
