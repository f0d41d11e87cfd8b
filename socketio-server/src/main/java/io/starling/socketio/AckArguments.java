package io.starling.socketio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An ack of any number of arguments, for a handler to give back. Immutable but for its values. */
public final class AckArguments {
  private final List<@Nullable Object> values;

  private AckArguments(List<@Nullable Object> values) {
    this.values = values;
  }

  /** What {@link Ack#send} would be given; null is one argument. */
  public static AckArguments of(@Nullable Object @Nullable ... values) {
    if (values == null) {
      return new AckArguments(Collections.singletonList(null));
    }
    return new AckArguments(Collections.unmodifiableList(new ArrayList<>(Arrays.asList(values))));
  }

  /** The arguments in their order; unmodifiable. */
  public List<@Nullable Object> values() {
    return values;
  }
}
