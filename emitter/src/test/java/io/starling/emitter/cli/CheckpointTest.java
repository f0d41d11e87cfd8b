package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.emitter.cli.BatchInput.Position;
import io.starling.emitter.cli.BatchWindow.Place;
import io.starling.manager.pubsub.PubSubOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final Place AT_SEVEN = new Place(new Position(7, 70, -5), 6);

  @TempDir private Path folder = Path.of("");
  private Path file = Path.of("");
  private Path input = Path.of("");

  @BeforeEach
  void writeInput() throws IOException {
    file = folder.resolve("at.json");
    input = Files.writeString(folder.resolve("input"), "a\nb\n");
  }

  private BatchSaves start(@Nullable String job) throws IOException {
    return BatchSaves.start(file, "options", job, List.of(input.toString()));
  }

  private BatchSaves resume(@Nullable String job) throws IOException {
    return BatchSaves.resume(file, "options", job, List.of(input.toString()));
  }

  private void stopAtSeven(@Nullable String job) throws IOException {
    try (BatchSaves saves = start(job)) {
      saves.save(AT_SEVEN, 100, false);
    }
  }

  @Test
  void aResumeGoesOnWhereTheLastSaveWas() throws IOException {
    stopAtSeven(null);
    try (BatchSaves saves = resume(null)) {
      assertThat(saves.last().position()).isEqualTo(AT_SEVEN.position());
      assertThat(saves.last().number()).isEqualTo(6);
      assertThat(saves.repeated(1_000)).isEqualTo(new BatchSummary.Lines(8, 107));
      assertThat(saves.repeated(20)).isEqualTo(new BatchSummary.Lines(8, 20));
    }
  }

  @Test
  void whatMayBeSentTwiceIsNotForgottenByAResumeThatIsStoppedEarly() throws IOException {
    stopAtSeven(null);
    try (BatchSaves saves = resume(null)) {
      saves.save(AT_SEVEN, 0, false);
    }
    try (BatchSaves saves = resume(null)) {
      assertThat(saves.repeated(1_000)).isEqualTo(new BatchSummary.Lines(8, 107));
    }
  }

  @Test
  void theFileIsReplacedAndNeverWrittenInPlace() throws IOException {
    try (BatchSaves saves = start(null)) {
      Object before = Files.getAttribute(file, "unix:ino");
      saves.save(AT_SEVEN, 0, false);
      assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(before);
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void anUnfinishedBatchIsNotBegunAgain() throws IOException {
    stopAtSeven(null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> start(null))
        .withMessageContaining("stopped after line 7 (expected: --resume");
  }

  @Test
  void aFinishedBatchMayBeginAgainUnderANewId() throws IOException {
    PubSubOrigin first;
    try (BatchSaves saves = start("job")) {
      first = saves.origin();
      saves.save(AT_SEVEN, 0, true);
    }
    try (BatchSaves saves = start("job")) {
      assertThat(saves.origin().id()).isNotEqualTo(first.id());
      assertThat(saves.origin().lastNumber()).isZero();
    }
  }

  @Test
  void aJobKeepsItsIdAndItsNumbersAndRepeatsNothing() throws IOException {
    PubSubOrigin first;
    try (BatchSaves saves = start("job")) {
      first = saves.origin();
      saves.save(AT_SEVEN, 100, false);
    }
    try (BatchSaves saves = resume("job")) {
      assertThat(saves.origin()).isEqualTo(new PubSubOrigin(first.id(), 6));
      assertThat(saves.repeated(1_000)).isNull();
    }
  }

  @Test
  void aJobThatIsResumedAfterTenMinutesMayRepeat() throws IOException {
    stopAtSeven("job");
    String old = Files.readString(file).replaceAll("(savedAtMillis\":)\\d+", "$11");
    Files.writeString(file, old);
    try (BatchSaves saves = resume("job")) {
      assertThat(saves.isRemembered()).isFalse();
      assertThat(saves.repeated(1_000)).isEqualTo(new BatchSummary.Lines(8, 107));
    }
  }

  @Test
  void aResumeThatSendsNothingDoesNotMakeAJobYounger() throws IOException {
    stopAtSeven("job");
    String old = Files.readString(file).replaceAll("(savedAtMillis\":)\\d+", "$11");
    Files.writeString(file, old);
    try (BatchSaves saves = resume("job")) {
      saves.save(AT_SEVEN, 200, false);
      saves.save(new Place(new Position(8, 80, -6), AT_SEVEN.number()), 200, false);
    }
    try (BatchSaves saves = resume("job")) {
      assertThat(saves.isRemembered()).isFalse();
      assertThat(saves.repeated(1_000)).isEqualTo(new BatchSummary.Lines(9, 208));
    }
  }

  @Test
  void aJobNeedsInputsThatCanBeReadAgain() throws IOException {
    stopAtSeven("job");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BatchSaves.resume(file, "options", null, List.of("/dev/null")))
        .withMessage("--job: /dev/null (expected: a regular file, which can be read again)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BatchSaves.start(file, "options", "job", List.of("/dev/null")))
        .withMessage("--job: /dev/null (expected: a regular file, which can be read again)");
  }

  @Test
  void aJobIsNotResumedWithAnotherInput() throws IOException {
    stopAtSeven("job");
    Files.writeString(input, "a\nc\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resume(null))
        .withMessage("--resume: another input (expected: the files of before, unchanged)");
  }

  @Test
  void otherOptionsAndOtherJobsAreRefused() throws IOException {
    stopAtSeven("job");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BatchSaves.resume(file, "others", null, List.of(input.toString())))
        .withMessage("--resume: others (expected: the options of before, options)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resume("another"))
        .withMessage("--job: another (expected: job, as before)");
  }

  @Test
  void oneProcessAtATimeUsesACheckpoint() throws IOException {
    try (BatchSaves saves = start(null)) {
      assertThat(saves.skipped()).isZero();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> resume(null))
          .withMessageContaining("in use by another process");
    }
  }

  @Test
  void aFileThatIsNoCheckpointIsRefused() throws IOException {
    Files.writeString(file, "{\"version\":1}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resume(null))
        .withMessageContaining("unreadable");
    Files.delete(file);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resume(null))
        .withMessageContaining("(expected: a file that --checkpoint wrote)");
  }
}
