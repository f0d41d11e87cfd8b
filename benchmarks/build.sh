# Sourced by server, run and jmh: builds what is missing or older than its sources.
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
server_jar=$root/socketio-server/target/socketio-server.jar
bench_jar=$root/benchmarks/target/benchmarks.jar
emitter_jar=$root/emitter/target/emitter.jar
class_path=$bench_jar:$server_jar

newer_sources() {
  find -L "$root"/pom.xml "$root"/{protocol,manager-api,manager-redis,manager-amqp,manager-kafka,emitter,socketio-server,socketio-client,benchmarks}/{pom.xml,src/main} \
    -newer "$1" -print -quit
}

build_server() {
  local jar
  for jar in "$server_jar" "$bench_jar" "$emitter_jar"; do
    [[ ! -f $jar || -n $(newer_sources "$jar") ]] || continue
    mvn -f "$root/pom.xml" -q -B -Dmaven.test.skip=true -pl benchmarks,emitter -am package </dev/null >&2
    touch "$server_jar" "$bench_jar" "$emitter_jar"
    return
  done
}
