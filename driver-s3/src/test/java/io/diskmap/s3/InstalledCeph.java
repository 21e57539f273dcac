package io.diskmap.s3;

import io.diskmap.testkit.server.CephRgwServer;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a class where Ceph is installed, and everywhere in continuous integration. Stateless. */
final class InstalledCeph implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (CephRgwServer.isInstalled() || "1".equals(System.getenv("DISKMAP_CI"))) {
      return ConditionEvaluationResult.enabled("Ceph is installed, or must be");
    }
    return ConditionEvaluationResult.disabled(
        "Ceph is not installed: apt-get install radosgw ceph-mon ceph-mgr ceph-osd ceph-common");
  }
}
