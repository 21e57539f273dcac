package io.diskmap.testkit.process;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks tests that run programs of the machine. For any thread.
 *
 * <p>Where one is missing the tests are not run, and the report says what is missing and how to
 * install it. In continuous integration ({@code DISKMAP_CI=1}) they run all the same, and fail.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InstalledCondition.class)
public @interface NeedsInstalled {
  /** The executables, as {@link Tool} finds them. */
  String[] tools();

  /** The Debian packages that hold them, as {@code apt-get install} takes them. */
  String packages();
}
