package io.starling.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an ack, any number of them, for a handler to return. The list cannot be changed;
 * the values in it are those that were given.
 */
public final class AckArguments {
  private final List<@Nullable Object> values;

  private AckArguments(List<@Nullable Object> values) {
    this.values = values;
  }

  /**
   * Makes the arguments of an ack. They have the same meaning as those of {@link Ack#send}: a null
   * array means one argument that is null.
   */
  public static AckArguments of(@Nullable Object @Nullable ... values) {
    if (values == null) {
      return new AckArguments(Collections.singletonList(null));
    }
    return new AckArguments(Collections.unmodifiableList(new ArrayList<>(Arrays.asList(values))));
  }

  /** The arguments in their order. The list is unmodifiable. */
  public List<@Nullable Object> values() {
    return values;
  }
}
