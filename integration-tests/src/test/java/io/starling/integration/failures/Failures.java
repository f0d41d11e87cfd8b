package io.starling.integration.failures;

import io.starling.integration.failures.Rows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Runs rows of the failure matrix: {@code [--back-end B] [--report FILE] [ROW…]}; without rows all
 * that exist on the back end. {@code --list} only prints the rows. Ends with 1 if a row is red,
 * with 2 if the command is wrong.
 */
public final class Failures {
  private static final int CLIENTS_EACH = 4;

  private final Set<BackEnd> backEnds = EnumSet.noneOf(BackEnd.class);
  private final List<Row> rows = new ArrayList<>();
  private Path report = Path.of("failures.md");

  private Failures(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--back-end" -> backEnds.add(BackEnd.of(Options.value(arguments, ++i)));
        case "--report" -> report = Path.of(Options.value(arguments, ++i));
        default -> rows.add(row(arguments[i]));
      }
    }
    if (backEnds.isEmpty()) {
      backEnds.addAll(BackEnd.SINGLE);
    }
    if (rows.isEmpty()) {
      rows.addAll(Rows.LIST);
    }
  }

  private static Row row(String name) {
    return Rows.LIST.stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "row: %s (expected: one of %s)"
                        .formatted(
                            name, String.join(", ", Rows.LIST.stream().map(Row::name).toList()))));
  }

  /** Runs the rows and ends the process. */
  public static void main(String[] arguments) throws IOException {
    if (List.of(arguments).equals(List.of("--list"))) {
      Rows.LIST.forEach(row -> System.out.println(row.name() + ": " + row.text()));
      return;
    }
    Failures failures;
    try {
      failures = new Failures(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(failures.run() ? 0 : 1);
  }

  private boolean run() throws IOException {
    StringBuilder table = new StringBuilder(Outcome.HEADER);
    StringBuilder details = new StringBuilder();
    System.out.print(Outcome.HEADER);
    boolean green = true;
    for (BackEnd backEnd : backEnds) {
      for (Row row : rows) {
        if (row.backEnds().contains(backEnd)) {
          Outcome outcome = run(row, backEnd);
          System.out.print(outcome.line());
          table.append(outcome.line());
          details.append(outcome.details());
          green &= outcome.green();
          Files.writeString(report, table.toString() + details);
        }
      }
    }
    return green;
  }

  private static Outcome run(Row row, BackEnd backEnd) {
    try (BackEnd.Target target = backEnd.start("f-" + UUID.randomUUID());
        Trial trial = new Trial(target, CLIENTS_EACH, "plain")) {
      trial.begin(row.hosts());
      row.action().accept(trial);
      long recovered = trial.awaitRecovery();
      Trial.pause(2);
      return Outcome.of(row, backEnd, trial, recovered);
    } catch (RuntimeException | AssertionError e) {
      return Outcome.broken(row, backEnd, e);
    }
  }
}
