package io.diskmap.testkit.server;

import io.diskmap.testkit.process.NeedsInstalled;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks tests that start an {@link OpenSshServer}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsInstalled(
    tools = {"sshd", "ssh-keygen"},
    packages = "openssh-server openssh-client")
public @interface NeedsOpenSsh {}
