package io.diskmap.testkit.server;

import io.diskmap.testkit.process.NeedsInstalled;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks tests that start a {@link Kdc} and a {@link SambaServer} that trusts it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsInstalled(
    tools = {"krb5kdc", "kdb5_util", "kadmin.local", "kinit", "smbd", "pdbedit"},
    packages = "krb5-kdc krb5-admin-server krb5-user samba")
public @interface NeedsKdc {}
