package io.starling.examples.spring;

import org.springframework.stereotype.Service;

/** A service of the application, which the handlers use. */
@Service
class Greetings {
  String greet(String name) {
    return "Hello, " + name;
  }
}
