"""What a cluster can do to a namespace: servers that restart, slots that move, addresses where nobody answers."""

from collections.abc import Callable, Iterator
from contextlib import closing
from shutil import rmtree

import pytest
from redis import RedisCluster
from redis.crc import key_slot

from state.redis_store import RedisStore
from state.store import Commit, Replaced, StoreUnavailable
from tests.servers import Cluster, Server, cluster, free_port, started

SHARDS = 16


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster whose servers these tests kill and whose slots they move."""
    with cluster(tmp_path_factory.mktemp("cluster")) as formed:
        yield formed


@pytest.fixture
def redis_url(nodes: Cluster) -> str:
    return nodes.url


@pytest.fixture
def store(connect: Callable[..., RedisStore]) -> RedisStore:
    """An open store."""
    made = connect(SHARDS)
    made.open()
    return made


def server_of(nodes: Cluster, store: RedisStore, shard: int) -> Server:
    port = store.at(shard).connection_pool.connection_kwargs["port"]
    return next(node for node in nodes.nodes if node.port == port)


def shard_elsewhere(store: RedisStore) -> int:
    """A shard that is not on the server that has the positions."""
    return next(shard for shard in range(SHARDS) if store.at(shard) is not store.client)


def write(store: RedisStore, shard: int) -> None:
    store.commit(Commit("contact", shard, {"c:1": b"record"}))


def come_back_empty(nodes: Cluster, server: Server) -> None:
    """As one does whose disk is gone, or that keeps none."""
    server.kill()
    rmtree(server.folder / "appendonlydir")
    server.start()
    nodes.wait()


def move_shard(nodes: Cluster, store: RedisStore, shard: int) -> None:
    """As an operator who balances the cluster would."""
    source = server_of(nodes, store, shard)
    target = next(node for node in nodes.nodes if node is not source)
    nodes.move(key_slot(store.keys.shard(shard)), source, target)


def test_shards_are_on_all_servers(store: RedisStore) -> None:
    assert {store.at(shard) for shard in range(SHARDS)} == set(store.nodes.all)


def test_any_server_of_a_cluster_names_the_others(
    nodes: Cluster, store: RedisStore, connect: Callable[..., RedisStore], namespace: str
) -> None:
    write(store, 1)
    store.depth("contact")
    found = []
    for node in nodes.nodes:
        with closing(RedisStore(node.url, namespace).nodes) as others:
            found.append(len(others.all))
    assert found == [3, 3, 3]


def test_a_server_that_does_not_answer_is_passed_over(nodes: Cluster, namespace: str) -> None:
    store = RedisStore(f"redis://127.0.0.1:{free_port()},127.0.0.1:{nodes.nodes[1].port}/0", namespace)
    assert len(store.nodes.all) == 3
    store.disconnect()


def test_servers_of_which_none_answers_are_one_clear_line(namespace: str) -> None:
    url = f"redis://ann:hunter2@127.0.0.1:{free_port()},127.0.0.1:{free_port()}/0"
    with pytest.raises(StoreUnavailable, match=r"^Redis at redis://127\S+ cannot be used: .+$") as refused:
        RedisStore(url, namespace)
    assert "hunter2" not in str(refused.value)


def test_one_that_evicts_among_three_is_refused(nodes: Cluster, namespace: str) -> None:
    with closing(nodes.nodes[2].client()) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        with pytest.raises(StoreUnavailable, match="maxmemory-policy is allkeys-lru"):
            RedisStore(nodes.url, namespace)
        client.config_set("maxmemory-policy", "noeviction")


def test_a_commit_to_a_shard_that_moved_is_refused_and_not_sent_after_it(nodes: Cluster, store: RedisStore) -> None:
    move_shard(nodes, store, 3)
    write(store, 3)
    with pytest.raises(StoreUnavailable, match=r"the Redis cluster at .* has changed"):
        store.depth("contact")


def test_the_next_run_finds_a_shard_that_moved(
    nodes: Cluster, store: RedisStore, connect: Callable[..., RedisStore]
) -> None:
    write(store, 3)
    store.depth("contact")
    move_shard(nodes, store, 3)
    assert connect(SHARDS).read("contact", 3, ["c:1"]) == [b"record"]


def test_no_position_is_saved_after_a_shard_moved(nodes: Cluster, store: RedisStore) -> None:
    store.save({"log": 1}, at=1)
    move_shard(nodes, store, shard_elsewhere(store))
    with pytest.raises(StoreUnavailable, match="has changed"):
        store.save({"log": 2}, at=2)


def test_no_position_is_saved_once_a_server_has_restarted_even_if_nothing_went_there(
    nodes: Cluster, store: RedisStore, connect: Callable[..., RedisStore]
) -> None:
    store.save({"log": 1}, at=1)
    server = server_of(nodes, store, shard_elsewhere(store))
    server.kill()
    server.start()
    nodes.wait()
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        store.save({"log": 2}, at=2)
    assert [point.position for point in connect(SHARDS).checkpoints()["log"]] == [1]


def test_a_server_that_came_back_empty_is_noticed_though_the_others_are_not(
    nodes: Cluster, store: RedisStore, connect: Callable[..., RedisStore]
) -> None:
    store.settle_in()
    come_back_empty(nodes, server_of(nodes, store, shard_elsewhere(store)))
    with pytest.raises(Replaced, match=r"\d+ of 16 shards of namespace .* are gone .* --start-over"):
        connect(SHARDS).open()


def test_after_a_start_over_a_server_may_have_come_back_empty(
    nodes: Cluster, store: RedisStore, connect: Callable[..., RedisStore]
) -> None:
    store.settle_in()
    store.save({"log": 1}, at=1)
    store.close()
    come_back_empty(nodes, server_of(nodes, store, shard_elsewhere(store)))
    connect(SHARDS).start_over()
    again = connect(SHARDS)
    again.open()
    assert again.checkpoints() == {}


def test_what_nobody_can_read_any_more_goes_with_a_start_over(
    nodes: Cluster, store: RedisStore, connect: Callable[..., RedisStore]
) -> None:
    for shard in range(SHARDS):
        write(store, shard)
    store.close()
    with closing(RedisCluster.from_url(nodes.url)) as admin:
        admin.delete(store.keys.common("config"))
    connect(SHARDS).start_over()
    assert list(connect(SHARDS).scan("contact")) == []


def test_a_scan_during_which_slots_move_does_not_pass_for_a_whole_one(nodes: Cluster, store: RedisStore) -> None:
    shards = [shard for shard in range(SHARDS) if shard != 5]
    for shard in shards:
        write(store, shard)
    scan = store.scan("contact")
    found = [next(scan) for _ in shards]
    move_shard(nodes, store, 5)
    with pytest.raises(StoreUnavailable, match="moving slots: wait until that is done"):
        next(scan)
    assert len(found) == len(shards)


def test_a_scan_while_a_slot_is_on_its_way_does_not_pass_for_a_whole_one(nodes: Cluster, store: RedisStore) -> None:
    source = server_of(nodes, store, 6)
    slot = key_slot(store.keys.shard(6))
    target = next(node for node in nodes.nodes if node is not source)
    nodes.begin_move(slot, source, target)
    with pytest.raises(StoreUnavailable, match="moving slots: wait until that is done"):
        list(store.scan("contact"))
    nodes.end_move(slot, source, target)


def test_several_servers_that_are_no_cluster_are_refused(nodes: Cluster, namespace: str, lone: Server) -> None:
    with pytest.raises(StoreUnavailable, match="is no cluster: name only the one server that has everything"):
        RedisStore(f"redis://127.0.0.1:{lone.port},127.0.0.1:{lone.port}", namespace)


def test_slots_that_nobody_serves_are_one_clear_line(lone_node: Server, namespace: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"no server of the Redis cluster serves slot \d+; see CLUSTER INFO"):
        RedisStore(lone_node.url, namespace)


@pytest.fixture
def lone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with started(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def lone_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that was set up for a cluster and has none."""
    with started(
        tmp_path_factory.mktemp("server"), "--cluster-enabled", "yes", "--cluster-port", str(free_port())
    ) as server:
        yield server
