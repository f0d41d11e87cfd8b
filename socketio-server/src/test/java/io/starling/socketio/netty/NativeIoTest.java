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
    IoKind opened = NativeIo.open(Optional.empty(), kind -> kind);

    assertThat(opened).isEqualTo(working.get(0));
  }

  @Test
  void whatCannotBeOpenedGivesWayToTheNextBest() {
    IoKind opened =
        NativeIo.open(Optional.empty(), kind -> kind == IoKind.NIO ? kind : refuse(kind));

    assertThat(opened).isEqualTo(IoKind.NIO);
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

  private IoKind refuse(IoKind kind) {
    tried.add(kind);
    throw new IllegalStateException("no " + kind);
  }
}
