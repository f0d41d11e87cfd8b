package io.starling.integration.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The dependency directions of {@code docs/architecture.md}, one rule each. */
@AnalyzeClasses(packages = "io.starling", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String PROTOCOL = "io.starling.protocol..";
  private static final String MANAGER = "io.starling.manager..";
  private static final String SERVER = "io.starling.socketio..";
  private static final String SERVER_API = "io.starling.socketio";
  private static final String SERVER_INTERNAL = "io.starling.socketio.internal..";
  private static final String NETTY_LAYER = "io.starling.socketio.netty..";
  private static final String CLI = "io.starling.socketio.cli..";
  private static final String ENGINE = "io.starling.engineio..";
  private static final String EMITTER = "io.starling.emitter..";
  private static final String CONTRACTS = "io.starling.integration..";

  private static final DescribedPredicate<JavaClass> COMMAND_LINE =
      DescribedPredicate.describe(
          "of a command line", type -> type.getPackageName().endsWith(".cli"));

  @ArchTest
  static final ArchRule protocolPackagesArePure =
      classes()
          .that()
          .resideInAPackage(PROTOCOL)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              PROTOCOL,
              "tools.jackson..",
              "com.fasterxml.jackson.annotation..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule protocolPackagesDoNoInputOrOutput =
      noClasses()
          .that()
          .resideInAPackage(PROTOCOL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..");

  /** Lettuce is built on Netty and hands out its types. */
  @ArchTest
  static final ArchRule nettyIsKnownToItsLayerAndTheRedisBackendOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(NETTY_LAYER, "io.starling.manager.redis..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule lettuceIsKnownToTheRedisBackendOnly =
      onlyIn("io.starling.manager.redis..", "io.lettuce..");

  @ArchTest
  static final ArchRule theRabbitMqClientIsKnownToTheAmqpBackendOnly =
      onlyIn("io.starling.manager.amqp..", "com.rabbitmq..");

  @ArchTest
  static final ArchRule theKafkaClientIsKnownToTheKafkaBackendOnly =
      onlyIn("io.starling.manager.kafka..", "org.apache.kafka..");

  @ArchTest
  static final ArchRule picocliIsKnownToTheCommandLinesOnly =
      noClasses()
          .that(not(COMMAND_LINE))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule managersKnowNeitherHttpNorTheServer =
      noClasses()
          .that()
          .resideInAPackage(MANAGER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              SERVER, ENGINE, EMITTER, CONTRACTS, "java.net.http..", "com.sun.net.httpserver..");

  @ArchTest
  static final ArchRule theSharedManagerApiKnowsNoBackend =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.starling.manager", "io.starling.manager.local..", "io.starling.manager.pubsub..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.starling.manager.redis..",
              "io.starling.manager.amqp..",
              "io.starling.manager.kafka..");

  @ArchTest
  static final ArchRule engineIoKnowsNeitherSocketIoNorTheManagers =
      noClasses()
          .that()
          .resideInAPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SERVER, MANAGER, EMITTER, CONTRACTS);

  @ArchTest
  static final ArchRule theNettyLayerKnowsEngineIoOnly =
      noClasses()
          .that()
          .resideInAPackage(NETTY_LAYER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              SERVER_API, SERVER_INTERNAL, CLI, "io.starling.protocol.socketio..", MANAGER);

  @ArchTest
  static final ArchRule theServerApiKnowsNothingOfItsImplementation =
      noClasses()
          .that()
          .resideInAPackage(SERVER_API)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SERVER_INTERNAL, NETTY_LAYER, CLI, "io.starling.protocol.engineio..");

  @ArchTest
  static final ArchRule theServerKnowsNoBackend =
      noClasses()
          .that()
          .resideInAnyPackage(SERVER, EMITTER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.starling.manager.redis..",
              "io.starling.manager.amqp..",
              "io.starling.manager.kafka..",
              CONTRACTS);

  @ArchTest
  static final ArchRule theEmitterKnowsNoServer =
      noClasses()
          .that()
          .resideInAPackage(EMITTER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SERVER, ENGINE);

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.starling.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses().that(not(COMMAND_LINE)).should().callMethodWhere(sleeping());

  @ArchTest
  static final ArchRule nobodyPrints =
      noClasses()
          .that(not(COMMAND_LINE))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(Throwable.class, "printStackTrace");

  /** A factory only makes threads; an executor starts them, names them and ends them. */
  @ArchTest
  static final ArchRule threadsAreStartedByExecutors =
      noClasses()
          .that(not(COMMAND_LINE))
          .and()
          .doNotHaveFullyQualifiedName("io.starling.socketio.internal.HandlerPool$Worker")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(Thread.class))).and(target(nameStartingWith("start"))))
          .orShould()
          .beAssignableTo(Thread.class);

  /** What blocks cannot be seen here: they end before anything of the user's is called. */
  @ArchTest
  static final ArchRule synchronizedMethodsOfTheServerCallNoCodeOfUsers =
      methods()
          .that()
          .haveModifier(JavaModifier.SYNCHRONIZED)
          .and()
          .areDeclaredInClassesThat()
          .resideInAnyPackage(SERVER, ENGINE)
          .should(callNothingOfUsers());

  @ArchTest
  static void noPackageIsInTwoJars(JavaClasses classes) {
    Map<String, Set<String>> homes = new TreeMap<>();
    for (JavaClass type : classes) {
      homes.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>()).add(home(type));
    }
    homes.values().removeIf(home -> home.size() == 1);
    assertThat(homes).as("packages in more than one jar").isEmpty();
  }

  @ArchTest
  static void everyModuleIsLookedAt(JavaClasses classes) {
    Set<String> packages = new TreeSet<>();
    classes.forEach(type -> packages.add(type.getPackageName()));
    assertThat(packages)
        .contains(
            "io.starling.manager",
            "io.starling.manager.local",
            "io.starling.protocol.payload",
            "io.starling.manager.pubsub",
            "io.starling.manager.redis",
            "io.starling.manager.amqp",
            "io.starling.manager.kafka",
            "io.starling.emitter",
            "io.starling.emitter.cli",
            "io.starling.engineio",
            "io.starling.protocol.engineio",
            "io.starling.socketio",
            "io.starling.protocol.socketio",
            "io.starling.socketio.internal",
            "io.starling.socketio.netty",
            "io.starling.socketio.settings",
            "io.starling.socketio.cli",
            "io.starling.integration");
  }

  private static ArchCondition<JavaMethod> callNothingOfUsers() {
    return new ArchCondition<>("call no handler, listener or function") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        for (JavaMethodCall call : method.getMethodCallsFromSelf()) {
          JavaClass owner = call.getTargetOwner();
          boolean function = owner.getPackageName().equals("java.util.function");
          boolean ofUsers =
              owner.getPackageName().equals(SERVER_API)
                  && owner.getSimpleName().matches(".*(Handler|Listener|Middleware)");
          if (function || ofUsers) {
            events.add(SimpleConditionEvent.violated(method, call.getDescription()));
          }
        }
      }
    };
  }

  /** The directory or jar that a class was read from. */
  private static String home(JavaClass type) {
    String uri = type.getSource().orElseThrow().getUri().toString();
    String file = type.getFullName().replace('.', '/') + ".class";
    return uri.substring(0, uri.length() - file.length());
  }

  private static ArchRule onlyIn(String home, String client) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(home, "io.starling.examples..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(client);
  }

  private static DescribedPredicate<JavaMethodCall> sleeping() {
    return DescribedPredicate.describe(
        "Thread.sleep or TimeUnit.sleep", call -> call.getTarget().getName().equals("sleep"));
  }
}
