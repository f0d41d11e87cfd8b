package io.starling.benchmarks.report;

import java.util.List;

/**
 * Where a workload stands in the report.
 *
 * @param table the title of its table, which has a row for each system
 * @param title of the workload in it; a number when the table is a curve
 * @param figures that are told of it; the first is plotted
 */
public record Column(String table, String title, List<Figure> figures) {
  /** Whether the columns of the table are points of a curve. */
  public boolean point() {
    return title.chars().allMatch(Character::isDigit);
  }
}
