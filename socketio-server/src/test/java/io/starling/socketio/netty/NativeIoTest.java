package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.socketio.transport.IoKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NativeIoTest {
  private final List<IoKind> working =
      Stream.of(IoKind.values()).filter(NativeIo::available).filter(NativeIo::advisable).toList();
  private final List<IoKind> tried = new ArrayList<>();

  @Test
  void theBestThatWorksIsOpened() {
    assertThat(NativeIo.open(Optional.empty(), kind -> "opened"))
        .isEqualTo(new NativeIo.Opened<>(working.get(0), "opened"));
  }

  @Test
  void whatCannotBeOpenedGivesWayToTheNextBest() {
    NativeIo.Opened<String> opened =
        NativeIo.open(Optional.empty(), kind -> kind == IoKind.NIO ? "opened" : refuse(kind));

    assertThat(opened).isEqualTo(new NativeIo.Opened<>(IoKind.NIO, "opened"));
    assertThat(tried).isEqualTo(working.subList(0, working.size() - 1));
  }

  @Test
  void whenNothingCanBeOpenedTheLastFailureTells() {
    assertThatThrownBy(() -> NativeIo.open(Optional.empty(), this::refuse)).hasMessage("no NIO");
    assertThat(tried).isEqualTo(working);
  }

  @Test
  void nothingElseIsTriedForAKindThatWasAskedFor() {
    IoKind wanted = working.get(0);

    assertThatThrownBy(() -> NativeIo.open(Optional.of(wanted), this::refuse))
        .hasMessage("no " + wanted);
    assertThat(tried).containsExactly(wanted);
  }

  private String refuse(IoKind kind) {
    tried.add(kind);
    throw new IllegalStateException("no " + kind);
  }
}
