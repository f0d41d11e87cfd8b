package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.Operation.Emit;
import io.starling.manager.Recipients;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchEventsTest {
  private final BatchEvents events = new BatchEvents(Recipients.ALL.except(List.of("x")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'event':'a','args':[1,'x',{'k':[null]}],'rooms':['r']} | ['a',1,'x',{'k':[null]}]",
        "{'rooms':['r'],'event':'a'}                             | ['a']",
        "{'rooms':['r'],'args':[],'event':'a'}                   | ['a']",
        "{ 'event' : 'a' , 'args' : [ [] , {} ] , 'rooms':['r']} | ['a', [] , {} ]",
        "{'event':'é\\u0022','args':['ü€'],'rooms':['r']}        | ['é\\u0022','ü€']",
        "{'event':'a','args':[1],'rooms':['r'],'args':[2]}       | ['a',2]",
        "{'event':'a','args':[1.50,1e400,12345678901234567890],'rooms':['r']}"
            + " | ['a',1.50,1e400,12345678901234567890]"
      })
  void nameAndArgumentsAreSentAsTheyStandInTheLine(String line, String payload) {
    assertThat(json(read(line.replace('\'', '"')))).isEqualTo(payload.replace('\'', '"'));
  }

  @Test
  void eachLineHasRoomsOfItsOwn() {
    assertThat(read("{\"event\":\"a\",\"rooms\":[\"r\",\"s\"]}").recipients())
        .isEqualTo(Recipients.rooms(List.of("r", "s")).except(List.of("x")));
    assertThat(read("{\"event\":\"a\",\"rooms\":[\"t\"]}").recipients())
        .isEqualTo(Recipients.room("t").except(List.of("x")));
    assertThat(read("{\"event\":\"a\"}").recipients())
        .isEqualTo(Recipients.ALL.except(List.of("x")));
  }

  @Test
  void argumentsLongerThanTheBufferOfTheParserAreWhole() {
    String text = "x".repeat(100_000);
    String line = "{\"event\":\"a\",\"args\":[\"" + text + "\",7],\"rooms\":[\"r\"]}";

    assertThat(json(read(line))).isEqualTo("[\"a\",\"" + text + "\",7]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{'rooms':['r']}",
        "{'event':'a','rooms':[]}",
        "{'event':'a','rooms':['r',1]}",
        "{'event':'a','rooms':['r'],'args':{}}",
        "{'event':'a','rooms':['r'],'args':[1}",
        "{'event':'a','rooms':['r'],'args':['\\x']}",
        "{'event':'a','rooms':['r'],'args':[01]}",
        "{'event':'a','rooms':['r'],'except':[]}",
        "{'event':'a','rooms':['r'],'namespace':'/'}",
        "{'event':'a','rooms':['r']} {}",
        "{'event':'connect','rooms':['r']}",
        "{'event':1,'rooms':['r']}"
      })
  void anyOtherLineIsLeftToTheFormat(String line) {
    assertThat(events.read(line.replace('\'', '"'))).isNull();
  }

  @Test
  void argumentsNestedTooDeepAreLeftToTheFormat() {
    assertThat(events.read(nested(499))).isNotNull();
    assertThat(events.read(nested(500))).isNull();
  }

  private static String nested(int depth) {
    String value = "[".repeat(depth) + "]".repeat(depth);
    return "{\"event\":\"a\",\"args\":[" + value + "],\"rooms\":[\"r\"]}";
  }

  private Emit read(String line) {
    return Objects.requireNonNull(events.read(line), line);
  }

  private static String json(Emit emit) {
    return StandardCharsets.UTF_8.decode(emit.event().json()).toString();
  }
}
