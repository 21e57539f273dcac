package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.spi.StorageDriver;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class RetryingDriverTest {
  @Test
  void every_method_of_the_driver_is_overridden() throws NoSuchMethodException {
    for (Method method : StorageDriver.class.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        Method own =
            RetryingDriver.class.getMethod(method.getName(), method.getParameterTypes());
        assertThat(own.getDeclaringClass()).as(method.getName()).isEqualTo(RetryingDriver.class);
      }
    }
  }
}
