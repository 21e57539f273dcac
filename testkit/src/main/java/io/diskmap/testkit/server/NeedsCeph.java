package io.diskmap.testkit.server;

import io.diskmap.testkit.process.NeedsInstalled;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks tests that start a {@link CephRgwServer}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsInstalled(
    tools = {"radosgw", "ceph-mon", "ceph-mgr", "ceph-osd", "ceph-authtool"},
    packages = "radosgw ceph-mon ceph-mgr ceph-osd ceph-common")
public @interface NeedsCeph {}
