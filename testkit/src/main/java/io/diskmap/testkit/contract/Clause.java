package io.diskmap.testkit.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The clauses of the contract that a test proves, such as {@code S1}; an aspect of one that a store
 * can lack by itself is written behind a colon, such as {@code S6:name}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Clause {
  /** The ids. */
  String[] value();
}
