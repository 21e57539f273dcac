package io.diskmap.testkit.contract;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The whole contract that every disk holds, whatever its store.
 *
 * <p>A driver's test class implements it and gives its harness; JUnit runs the tests of all topics
 * in one thread.
 */
@Timeout(300)
@ExtendWith(ContractExtension.class)
public interface StorageContract
    extends HarnessedContract,
        PathContract,
        SaveContract,
        SourceContract,
        ConditionContract,
        UploadContract,
        ChunkContract,
        ReadContract,
        DownloadFileContract,
        ListContract,
        DeleteContract,
        CleanupContract,
        MetadataContract,
        CopyMoveContract,
        ViewContract,
        FailureContract,
        ResourceContract {}
