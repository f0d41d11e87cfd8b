package io.starling.examples.spring;

import org.springframework.stereotype.Service;

/** Any service of the application. */
@Service
class Greetings {
  String greet(String name) {
    return "Hello, " + name;
  }
}
