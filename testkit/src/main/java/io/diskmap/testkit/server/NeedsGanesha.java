package io.diskmap.testkit.server;

import io.diskmap.testkit.process.NeedsInstalled;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks tests that start a {@link GaneshaServer}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsInstalled(tools = "ganesha.nfsd", packages = "nfs-ganesha nfs-ganesha-vfs")
public @interface NeedsGanesha {}
