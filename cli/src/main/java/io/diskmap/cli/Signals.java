package io.diskmap.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Takes a signal in place of the JVM, which would begin to end the process at once. Stateless.
 *
 * <p>By reflection: {@code sun.misc.Signal} is there to be used (JEP 260), but the compiler warns
 * of it in a way that cannot be switched off.
 */
final class Signals {
  private Signals() {}

  /**
   * Hands the signal's number to the action, on a thread of its own, each time it comes.
   *
   * @return false where this process cannot take it: the system has no such signal, the JVM runs
   *     with {@code -Xrs}, or the process was started to ignore it and goes on to do so
   */
  static boolean take(String name, IntConsumer action) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      int number = (int) signalType.getMethod("getNumber").invoke(signal);
      Method handle = signalType.getMethod("handle", signalType, handlerType);
      Object before =
          handle.invoke(null, signal, handler(handlerType, () -> action.accept(number)));
      if (before == handlerType.getField("SIG_IGN").get(null)) {
        handle.invoke(null, signal, before);
        return false;
      }
      return true;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        return false;
      }
      throw new IllegalStateException("the signal " + name + " cannot be taken", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no signals", e);
    }
  }

  private static Object handler(Class<?> type, Runnable action) {
    InvocationHandler behaviour =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> type.getName();
            };
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, behaviour);
  }
}
