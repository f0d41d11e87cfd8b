package io.starling.integration.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Runs every test of a class as often as the property {@code starling.repeat} says, else once. The
 * first failure ends it, and in the reports it stays one test.
 */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Repeated.Runs.class)
@interface Repeated {

  /** Compilers before 22 do not see that JUnit's {@code Void} is nullable, later ones do. */
  @SuppressWarnings("NullAway")
  final class Runs implements InvocationInterceptor {
    private static final int RUNS = Integer.getInteger("starling.repeat", 1);

    @Override
    public void interceptTestMethod(
        Invocation<Void> first, ReflectiveInvocationContext<Method> test, ExtensionContext context)
        throws Throwable {
      repeat(first, test);
    }

    @Override
    public void interceptTestTemplateMethod(
        Invocation<Void> first, ReflectiveInvocationContext<Method> test, ExtensionContext context)
        throws Throwable {
      repeat(first, test);
    }

    private static void repeat(Invocation<Void> first, ReflectiveInvocationContext<Method> test)
        throws Throwable {
      first.proceed();
      for (int run = 2; run <= RUNS; run++) {
        try {
          ReflectionSupport.invokeMethod(
              test.getExecutable(), test.getTarget().orElseThrow(), test.getArguments().toArray());
        } catch (Exception | AssertionError e) {
          throw new AssertionError("run " + run + " of " + RUNS + " failed", e);
        }
      }
    }
  }
}
