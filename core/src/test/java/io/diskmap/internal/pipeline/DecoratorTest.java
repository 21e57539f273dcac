package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class DecoratorTest {
  @Test
  void every_decorator_overrides_every_method() throws NoSuchMethodException {
    assertOverridesAll(StorageDriver.class, RetryingDriver.class);
    assertOverridesAll(StorageDriver.class, CachingDriver.class);
    assertOverridesAll(StorageWriter.class, ForgettingWriter.class);
  }

  private static void assertOverridesAll(Class<?> type, Class<?> decorator)
      throws NoSuchMethodException {
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        Method own = decorator.getMethod(method.getName(), method.getParameterTypes());
        assertThat(own.getDeclaringClass()).as(method.getName()).isEqualTo(decorator);
      }
    }
  }
}
