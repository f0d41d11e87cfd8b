# Sourced by failures, soak, outage-latency and batch: builds the tests when they are missing or older than their sources, and finds their class path.
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
listing=$root/integration-tests/target/class-path

newer_sources() {
  find -L "$root"/pom.xml "$root"/{protocol,manager-api,manager-redis,manager-amqp,manager-kafka,emitter,socketio-server,integration-tests}/{pom.xml,src} \
    -newer "$listing" -print -quit
}

if [[ ! -f $listing || -n $(newer_sources) ]]; then
  mvn -f "$root/pom.xml" -q -B -DskipTests -pl integration-tests -am package dependency:build-classpath \
    -Dmdep.outputFile=target/class-path -Dmdep.includeScope=test </dev/null >&2
  touch "$listing" # Maven leaves it alone if nothing in it has changed
fi
class_path=$root/integration-tests/target/test-classes:$root/integration-tests/target/classes:$(<"$listing")
ulimit -n "$(ulimit -H -n)"
