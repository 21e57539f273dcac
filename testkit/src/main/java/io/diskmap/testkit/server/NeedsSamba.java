package io.diskmap.testkit.server;

import io.diskmap.testkit.process.NeedsInstalled;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks tests that start a {@link SambaServer}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsInstalled(
    tools = {"smbd", "pdbedit"},
    packages = "samba")
public @interface NeedsSamba {}
