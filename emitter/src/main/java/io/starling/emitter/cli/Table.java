package io.starling.emitter.cli;

import java.io.PrintWriter;
import java.util.List;

/** Prints rows below a header, in columns that are as wide as their widest cell. */
final class Table {
  private static final String GAP = "  ";

  private Table() {}

  static void print(PrintWriter out, List<String> header, List<List<String>> rows) {
    int[] widths = header.stream().mapToInt(String::length).toArray();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    print(out, header, widths);
    rows.forEach(row -> print(out, row, widths));
    out.flush();
  }

  private static void print(PrintWriter out, List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = JsonText.visible(row.get(i));
      line.append(cell).append(" ".repeat(widths[i] - cell.length())).append(GAP);
    }
    out.println(line.toString().stripTrailing());
  }
}
