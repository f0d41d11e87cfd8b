package io.starling.benchmarks.report;

import java.util.List;

/**
 * The place of a workload in the report.
 *
 * @param table the title of the table
 * @param title the title of the workload in the table; a number if the table is a curve
 * @param figures which figures the report shows for the workload; the first one is plotted
 */
public record Column(String table, String title, List<Figure> figures) {
  /** Whether the columns of the table are the points of a curve. */
  public boolean point() {
    return title.chars().allMatch(Character::isDigit);
  }
}
