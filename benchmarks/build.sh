# Sourced by server, run and jmh: builds what is missing or older than its sources.
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
server_jar=$root/socketio-server/target/socketio-server.jar
bench_jar=$root/benchmarks/target/benchmarks.jar
class_path=$bench_jar:$server_jar

newer_sources() {
  find -L "$root"/pom.xml "$root"/{protocol,manager-api,manager-redis,manager-amqp,manager-kafka,socketio-server,benchmarks}/{pom.xml,src/main} \
    -newer "$1" -print -quit
}

build_server() {
  if [[ ! -f $server_jar || ! -f $bench_jar || -n $(newer_sources "$server_jar") || -n $(newer_sources "$bench_jar") ]]; then
    mvn -f "$root/pom.xml" -q -B -Dmaven.test.skip=true -pl benchmarks -am package </dev/null >&2
    touch "$server_jar" "$bench_jar"
  fi
}
