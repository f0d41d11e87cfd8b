package io.starling.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws charts as SVG. A chart shows the median of the first figure of every column, with one
 * colour for each system.
 */
final class Plot {
  private static final String[] COLOURS = {"#0b6e4f", "#b3541e", "#3b5ba5", "#8a6d00", "#7a3e9d"};
  private static final int WIDTH = 760;
  private static final int HEIGHT = 360;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 70;
  private static final int BOTTOM = 50;
  private static final double BAR_PART = 0.8;
  private static final int TICKS = 5;

  private final StringBuilder svg = new StringBuilder();
  private final List<Outcome> outcomes;
  private final List<String> systems;
  private final List<Column> columns;

  private Plot(String title, List<Outcome> outcomes) {
    this.outcomes = outcomes;
    systems = outcomes.stream().map(Outcome::system).distinct().toList();
    columns = outcomes.stream().map(Outcome::column).distinct().toList();
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12'>%n<rect width='100%%' height='100%%' fill='white'/>%n",
        WIDTH, HEIGHT);
    text(LEFT, 22, "start", title);
    int x = LEFT;
    for (String system : systems) {
      add("<rect x='%d' y='34' width='12' height='12' fill='%s'/>%n", x, colour(system));
      text(x + 16, 45, "start", system);
      x += 40 + 7 * system.length();
    }
  }

  /**
   * A chart with one group of bars for each workload. Where a baseline was measured, the bars show
   * ratios to it.
   */
  static String bars(String title, List<Outcome> outcomes) {
    return new Plot(title, outcomes).bars();
  }

  /**
   * A chart with one line for each system. The titles of the columns are the numbers on the x axis;
   * both axes are logarithmic.
   */
  static String lines(String title, List<Outcome> outcomes) {
    return new Plot(title, outcomes).lines();
  }

  private String bars() {
    boolean relative = outcomes.stream().noneMatch(outcome -> Double.isNaN(baseline(outcome)));
    double highest = outcomes.stream().mapToDouble(o -> height(o, relative)).max().orElse(1);
    for (int i = 0; i <= TICKS; i++) {
      double value = highest * i / TICKS;
      grid(y(value / highest), String.format(Locale.ROOT, "%.2f", value));
    }
    double group = (double) (WIDTH - LEFT - RIGHT) / columns.size();
    double width = group * BAR_PART / systems.size();
    for (Outcome outcome : outcomes) {
      double top = y(height(outcome, relative) / highest);
      double x =
          LEFT
              + columns.indexOf(outcome.column()) * group
              + systems.indexOf(outcome.system()) * width
              + group * (1 - BAR_PART) / 2;
      add(
          "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>%n",
          x, top, width - 1, HEIGHT - BOTTOM - top, colour(outcome.system()));
    }
    for (int i = 0; i < columns.size(); i++) {
      text(LEFT + group * (i + 0.5), HEIGHT - BOTTOM + 18, "middle", columns.get(i).title());
    }
    String unit =
        columns.stream()
            .map(column -> figure(column).title())
            .distinct()
            .collect(Collectors.joining("; "));
    return end(relative ? unit + ", as a ratio to Node" : unit);
  }

  private double height(Outcome outcome, boolean relative) {
    double median = outcome.median(figure(outcome.column()));
    return relative ? median / baseline(outcome) : median;
  }

  private double baseline(Outcome outcome) {
    return Report.baseline(outcome, figure(outcome.column()), outcomes);
  }

  private String lines() {
    double[] x = columns.stream().mapToDouble(Plot::number).sorted().toArray();
    double[] y = outcomes.stream().mapToDouble(o -> height(o, false)).sorted().toArray();
    double low = Math.pow(10, Math.floor(Math.log10(Math.max(y[0], 0.01))));
    double high = Math.pow(10, Math.ceil(Math.log10(y[y.length - 1] * 1.01)));
    for (double decade = low; decade <= high * 1.01; decade *= 10) {
      for (double value : decade < high * 0.99 ? new double[] {1, 2, 5} : new double[] {1}) {
        grid(
            y(part(decade * value, low, high)), String.format(Locale.ROOT, "%.4g", decade * value));
      }
    }
    for (String system : systems) {
      StringBuilder points = new StringBuilder();
      for (Outcome outcome : outcomes) {
        if (outcome.system().equals(system)) {
          double across = x(part(number(outcome.column()), x[0], x[x.length - 1]));
          double up = y(part(height(outcome, false), low, high));
          points.append(String.format(Locale.ROOT, "%.1f,%.1f ", across, up));
          add("<circle cx='%.1f' cy='%.1f' r='4' fill='%s'/>%n", across, up, colour(system));
        }
      }
      add(
          "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>%n",
          points.toString().strip(), colour(system));
    }
    for (Column column : columns) {
      double across = x(part(number(column), x[0], x[x.length - 1]));
      text(across, HEIGHT - BOTTOM + 18, "middle", column.title());
    }
    return end(figure(columns.get(0)).title());
  }

  private static Figure figure(Column column) {
    return column.figures().get(0);
  }

  private static double number(Column column) {
    return Double.parseDouble(column.title());
  }

  /** The place of a value between two others on a logarithmic scale, from 0 to 1. */
  private static double part(double value, double low, double high) {
    return high <= low ? 0.5 : Math.log(Math.max(value, low) / low) / Math.log(high / low);
  }

  private static double x(double part) {
    return LEFT + 30 + part * (WIDTH - LEFT - RIGHT - 60);
  }

  private static double y(double part) {
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
  }

  private String colour(String system) {
    return COLOURS[systems.indexOf(system) % COLOURS.length];
  }

  private void grid(double y, String label) {
    add("<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#ddd'/>%n", LEFT, WIDTH - RIGHT, y, y);
    text(LEFT - 6, y + 4, "end", label);
  }

  private void text(double x, double y, String anchor, String text) {
    add("<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>%n", x, y, anchor, text);
  }

  private String end(String unit) {
    text(LEFT, HEIGHT - 12, "start", unit);
    return svg.append("</svg>\n").toString();
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
