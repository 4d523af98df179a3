(* SPDX-License-Identifier: Apache-2.0 *)
(* Instances with memories, and one stream between them: who holds which end, which bytes a copy moves, transfer of the
   readable end, synchronous copies, traps. The stream itself is stream.v; its elements are here the addresses at which
   the writer's elements lie, for they are read when they are moved and not before.

   Model             C (src/component)                                      reference (canonical-abi/definitions.py)
   IRead i p n y     gale_canon_stream_read by instance i; y: synchronous   stream_copy, WritableBufferGuestImpl
   IWrite i p n y    gale_canon_stream_write                                stream_copy, ReadableBufferGuestImpl
   IEvent i x        gale_canon_waitable_set_poll, gale__waitable_take;     WaitableSet.get_pending_event, Store.tick
                     of a synchronous copy: gale_store_tick
   ICancel i x       gale_canon_stream_cancel_read, _write                  cancel_copy
   IDrop i x         gale_canon_stream_drop_readable, _writable             drop
   IGive i j         gale_value_move_stream in a call of j by i             lift_async_value, lower_stream
   IPoke i a b       none: the guest's own code stores a byte               -
   IFault i j        gale_trap by j, called by i (i = j: by nobody)         trap, which ends everything there
   move              copy_elements, copy_bytes                              Buffer.read, .write
   fits              gale_memory_holds                                      BufferGuestImpl
   die               trap_poison_flow, gale__store_poison                   Explainer, Component Invariants *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace component.stream.
Import ListNotations.

(* What an instance knows of an end that it holds: the address of its buffer, and whether its code waits in the copy. *)
Record held := Held { holder : nat; ptr : nat; alone : bool }.
Record world := World { str : stream; hr : held; hw : held; dead : nat -> bool; mem : nat -> nat -> nat }.

Inductive op := IRead (i p n : nat) (y : bool) | IWrite (i p n : nat) (y : bool) | IEvent (i : nat) (x : who)
              | ICancel (i : nat) (x : who) | IDrop (i : nat) (x : who) | IGive (i j : nat) | IPoke (i a b : nat)
              | IFault (i j : nat).
(* Refused: the instance is dead, its code does not run. *)
Inductive said := Refused | Trapped | Says (a : answer).

Definition of (x : who) (w : world) : held := match x with R => hr w | W => hw w end.
Definition put (x : who) (w : world) (s : stream) (h : held) : world :=
  match x with R => World s h (hw w) (dead w) (mem w) | W => World s (hr w) h (dead w) (mem w) end.
Definition with_str (w : world) (s : stream) : world := World s (hr w) (hw w) (dead w) (mem w).

(* All that instance i has goes with it. *)
Definition lose (x : who) (i : nat) (w : world) (s : stream) : stream :=
  if holder (of x w) =? i then fst (stream.step s (OKill x)) else s.
Definition die (i : nat) (w : world) : world :=
  World (lose W i w (lose R i w (str w))) (hr w) (hw w) (fun k => if k =? i then true else dead w k) (mem w).
Definition trap (i : nat) (w : world) : world * said := (die i w, Trapped).

Section Sizes.
Variables size bytes : nat.   (* Of an element; of each memory. *)
Variable number : bool.       (* Elements that are no numbers do not pass within one instance. *)

Definition fits (p n : nat) : bool := (n =? 0) || (p + n * size <=? bytes).
Definition offer (p n : nat) : list nat := map (fun k => p + k * size) (seq 0 n).

(* The elements at the addresses `from` of the writer's memory go to `to` in the reader's, all at once. *)
Definition move (w : world) (to : nat) (from : list nat) : world :=
  World (str w) (hr w) (hw w) (dead w)
    (fun i a => if (i =? holder (hr w)) && (to <=? a) && (a <? to + length from * size)
                then mem w (holder (hw w)) (nth ((a - to) / size) from 0 + (a - to) mod size)
                else mem w i a).

Definition barred (x : who) (w : world) : bool :=
  negb number && (holder (hr w) =? holder (hw w)) && negb (dropped (str w)) && negb (gone (end_of x (str w))) &&
  match pending (str w), state (end_of x (str w)) with Some _, IDLE => true | _, _ => false end.

Definition copy (x : who) (i p n : nat) (y : bool) (w : world) : world * said :=
  if dead w i then (w, Refused)
  else if negb (holder (of x w) =? i) || negb (fits p n) then trap i w
  else if barred x w then trap i w
  else let (s, o) := stream.step (str w) (match x with R => ORead n | W => OWrite (offer p n) end) in
       match what o with
       | Trap => trap i w
       | a => let v := put x w s (Held i p y) in
              (move v (ptr (hr v) + progress (rd (str w)) * size) (given o), Says a)
       end.

(* What needs no memory. *)
Definition act (x : who) (i : nat) (may : bool) (o : stream.op) (w : world) : world * said :=
  if dead w i then (w, Refused)
  else if negb (holder (of x w) =? i) || gone (end_of x (str w)) || negb may then trap i w
  else let (s, r) := stream.step (str w) o in
       match what r with Trap => trap i w | a => (with_str w s, Says a) end.

Definition step (w : world) (o : op) : world * said :=
  match o with
  | IRead i p n y => copy R i p n y w
  | IWrite i p n y => copy W i p n y w
  | IEvent i x => act x i true (OEvent x) w
  | ICancel i x => act x i (negb (alone (of x w))) (OCancel x) w
  | IDrop i x => act x i true (ODrop x) w
  | IGive i j =>
    if dead w i then (w, Refused)
    else if dead w j then trap i w
    else if (holder (hr w) =? i) && negb (gone (rd (str w))) && match state (rd (str w)) with IDLE => true | _ => false end
    then (World (str w) (Held j (ptr (hr w)) (alone (hr w))) (hw w) (dead w) (mem w), Says Quiet)
    else (die i (die j w), Trapped) (* In the call: both are on the flow. *)
  | IPoke i a b =>
    if dead w i || (bytes <=? a) then (w, Refused)
    else (World (str w) (hr w) (hw w) (dead w) (fun j c => if (j =? i) && (c =? a) then b else mem w j c), Says Quiet)
  | IFault i j =>
    if dead w i then (w, Refused) else if dead w j then trap i w else (die i (die j w), Trapped)
  end.
End Sizes.

(* Both ends are instance 0's; memories are zeros. *)
Definition init : world := World stream.init (Held 0 0 false) (Held 0 0 false) (fun _ => false) (fun _ _ => 0).

(* ---- the stream of a world is a stream ------------------------------------------------------------------------------ *)

Definition reaches (s s' : stream) : Prop := exists u, s' = final stream.step s u.

Lemma reaches_one s o : reaches s (fst (stream.step s o)).
Proof. exists [o]. now rewrite final_cons. Qed.
Lemma reaches_same s : reaches s s.
Proof. now exists []. Qed.
Lemma reaches_more a b c : reaches a b -> reaches b c -> reaches a c.
Proof. intros [u ->] [v ->]. exists (u ++ v). now rewrite final_app. Qed.

Lemma lose_reaches x i w s : reaches s (lose x i w s).
Proof. unfold lose. destruct (_ =? _); auto using reaches_one, reaches_same. Qed.
Lemma die_reaches i w : reaches (str w) (str (die i w)).
Proof. unfold die. cbn [str]. eapply reaches_more; apply lose_reaches. Qed.

Lemma step_reaches size bytes number w o : reaches (str w) (str (fst (step size bytes number w o))).
Proof.
  destruct o as [i p n y | i p n y | i x | i x | i x | i j | i a b | i j]; cbn [step]; unfold copy, act, trap;
    repeat match goal with |- context [if ?c then _ else _] => destruct c; cbn [fst] end;
    auto using reaches_same, die_reaches; try (eapply reaches_more; apply die_reaches);
    match goal with |- context [stream.step (str w) ?o] => pose proof (reaches_one (str w) o) as Q; destruct (stream.step (str w) o) as [s r] end;
    cbn [fst] in Q; destruct (what r); cbn [fst]; auto using die_reaches; try destruct x; exact Q.
Qed.

Theorem stream_of_world size bytes number t : reaches stream.init (str (final (step size bytes number) init t)).
Proof.
  apply (run_keeps (step size bytes number) (fun w => reaches stream.init (str w)) (fun _ => True)); auto.
  - intros w o H _. eapply reaches_more; eauto using step_reaches.
  - apply reaches_same.
Qed.

Lemma stream_ok size bytes number t : ok (str (final (step size bytes number) init t)) /\ kept_ok (str (final (step size bytes number) init t)).
Proof. destruct (stream_of_world size bytes number t) as [u ->]. apply stream.reached. Qed.

(* ---- ST03 ------------------------------------------------------------------------------------------------------------ *)

Section Bytes.
Variables size bytes : nat.
Variable number : bool.
Notation step := (step size bytes number).

(* The bytes of a request: n elements from p on. *)
Definition within (p n a : nat) : Prop := p <= a /\ a < p + n * size.

(* What each end has on offer lies in its memory, and a writer's elements are those of its buffer. *)
Definition placed (w : world) : Prop :=
  (fits size bytes (ptr (hr w)) (len (rd (str w))) = true) /\
  exists n, src (str w) = offer size (ptr (hw w)) n /\ fits size bytes (ptr (hw w)) n = true.

(* What a step may do to the stream's offers; everything else leaves them or makes them empty. *)
Definition smaller (s s' : stream) : Prop :=
  (len (rd s') = len (rd s) \/ len (rd s') = 0) /\ (src s' = src s \/ src s' = []).

Lemma fits_less p n : fits size bytes p n = true -> fits size bytes p 0 = true.
Proof. intros _. reflexivity. Qed.

Lemma meet_keeps x s : len (rd (fst (meet x s))) = len (rd s) /\ src (fst (meet x s)) = src s.
Proof.
  unfold meet. destruct (dropped s); [destruct x; auto|]. destruct (pending s); [| auto].
  destruct (0 <? remain (end_of (other x) s)); [destruct (0 <? remain (end_of x s)); destruct x; auto|].
  destruct (_ && _); destruct x; auto.
Qed.

Lemma take_smaller x s : smaller s (fst (take_event x s)).
Proof. unfold take_event, smaller. destruct (event (end_of x s)); simpl; auto. destruct x; simpl; auto. Qed.

Lemma finish_smaller x s g : smaller s (fst (finish x s g)).
Proof. unfold finish. pose proof (take_smaller x s) as T. destruct (take_event x s). exact T. Qed.

Lemma step_smaller s o : match o with ORead _ | OWrite _ => True | _ => smaller s (fst (stream.step s o)) end.
Proof.
  destruct o as [n | es | x | x | x | x]; auto; cbn [stream.step].
  - destruct (gone _); [split; auto | apply finish_smaller].
  - destruct (gone _); [split; auto|]. destruct (state _); try (split; auto; fail). destruct (event _); [apply finish_smaller|].
    set (s1 := keep _ None). pose proof (finish_smaller x s1 []) as T. unfold smaller in *.
    assert (E : len (rd s1) = len (rd s) /\ src s1 = src s) by (destruct x; auto). destruct E as [E1 E2]. now rewrite E1, E2 in T.
  - destruct (gone _); [split; auto|]. destruct (state _); try (split; auto; fail);
      destruct (dropped s); destruct (pending s); destruct x; split; auto.
  - destruct (gone _); [split; auto|]. unfold kill. destruct (pending s) as [[|]|]; destruct x; split; auto.
Qed.

Lemma read_smaller s n : gone (rd s) = false -> state (rd s) = IDLE ->
  let s' := fst (stream.step s (ORead n)) in (len (rd s') = n \/ len (rd s') = 0) /\ src s' = src s.
Proof.
  intros G I. cbn [stream.step]. rewrite G, I. destruct (meet_keeps R (set R s (begin_copy (rd s) n))) as [A B].
  destruct (meet R _) as [s1 g]. cbn [fst] in *. destruct (finish_smaller R s1 g) as [C D]. simpl in *. split.
  - destruct C as [-> | ->]; auto.
  - destruct D as [-> | D]; auto. unfold finish, take_event in *. destruct (event (end_of R s1)); simpl in *; auto.
Qed.

Lemma write_smaller s es : gone (wr s) = false -> state (wr s) = IDLE ->
  let s' := fst (stream.step s (OWrite es)) in len (rd s') = len (rd s) /\ (src s' = es \/ src s' = []).
Proof.
  intros G I. cbn [stream.step]. rewrite G, I.
  set (s0 := Stream _ _ _ _ _). destruct (meet_keeps W s0) as [A B].
  destruct (meet W s0) as [s1 g]. cbn [fst] in *. destruct (finish_smaller W s1 g) as [C D]. simpl in *. split.
  - rewrite <- A. unfold finish, take_event in *. destruct (event (end_of W s1)); simpl in *; auto.
  - destruct D as [D | D]; rewrite D; auto.
Qed.

Lemma copy_runs x s o : what (snd (stream.step s o)) <> Trap -> (match o with ORead _ => x = R | OWrite _ => x = W | _ => False end) ->
  gone (end_of x s) = false /\ state (end_of x s) = IDLE.
Proof.
  destruct o; try tauto; intros N ->; cbn [stream.step end_of] in *; destruct (gone _); try (exfalso; apply N; reflexivity);
    destruct (state _); auto; exfalso; apply N; reflexivity.
Qed.

Lemma placed_smaller w s : placed w -> smaller (str w) s -> placed (with_str w s).
Proof.
  intros [A (n & B & C)] [D E]. split; simpl.
  - destruct D as [-> | ->]; auto.
  - destruct E as [-> | ->]; [eauto | exists 0; auto].
Qed.

Lemma smaller_same s : smaller s s.
Proof. split; auto. Qed.
Lemma smaller_more a b c : smaller a b -> smaller b c -> smaller a c.
Proof.
  intros [A B] [C D]. split.
  - destruct C as [-> | ->]; auto.
  - destruct D as [-> | ->]; auto.
Qed.
Lemma die_smaller i w : smaller (str w) (str (die i w)).
Proof.
  unfold die, lose. cbn [str]. destruct (_ =? _), (_ =? _); eauto using smaller_same.
  - eapply smaller_more; [apply (step_smaller _ (OKill R)) | apply (step_smaller _ (OKill W))].
  - apply (step_smaller _ (OKill W)).
  - apply (step_smaller _ (OKill R)).
Qed.
Lemma die_placed i w : placed w -> placed (die i w).
Proof. intro P. exact (placed_smaller w (str (die i w)) P (die_smaller i w)). Qed.

Lemma step_placed w o : placed w -> placed (fst (step w o)).
Proof.
  intro P. assert (ACT : forall x i may o, match o with ORead _ | OWrite _ => False | _ => True end -> placed (fst (act x i may o w))).
  { intros x i may o' M. unfold act, trap.
    repeat match goal with |- context [if ?c then _ else _] => destruct c; cbn [fst]; auto using die_placed end.
    pose proof (step_smaller (str w) o') as Q. destruct (stream.step (str w) o') as [s r]. cbn [fst] in Q.
    assert (Q' : smaller (str w) s) by (destruct o'; tauto). clear Q M.
    destruct (what r); cbn [fst]; auto using die_placed; apply placed_smaller; auto. }
  destruct o as [i p n y | i p n y | i x | i x | i x | i j | i a b | i j]; cbn [instance.step]; try (apply ACT; exact I).
  - unfold copy, trap. destruct (dead w i); auto. destruct (negb _ || _) eqn:F; [apply die_placed; auto|].
    apply orb_false_elim in F as [_ F]. apply negb_false_iff in F. destruct (barred _ _ _); [apply die_placed; auto|].
    pose proof (copy_runs R (str w) (ORead n)) as RUNS. pose proof (read_smaller (str w) n) as Q.
    destruct (stream.step (str w) (ORead n)) as [s r]. cbn [snd fst] in *. destruct P as [A (m & B & C)].
    destruct (what r) eqn:T; cbn [fst]; try (apply die_placed; split; eauto; fail);
      (destruct (RUNS ltac:(congruence) eq_refl) as [G I]; destruct (Q G I) as [Q1 Q2]; split; simpl;
       [destruct Q1 as [-> | ->]; auto | rewrite Q2; eauto]).
  - unfold copy, trap. destruct (dead w i); auto. destruct (negb _ || _) eqn:F; [apply die_placed; auto|].
    apply orb_false_elim in F as [_ F]. apply negb_false_iff in F. destruct (barred _ _ _); [apply die_placed; auto|].
    pose proof (copy_runs W (str w) (OWrite (offer size p n))) as RUNS. pose proof (write_smaller (str w) (offer size p n)) as Q.
    destruct (stream.step (str w) (OWrite (offer size p n))) as [s r]. cbn [snd fst] in *. destruct P as [A (m & B & C)].
    destruct (what r) eqn:T; cbn [fst]; try (apply die_placed; split; eauto; fail);
      (destruct (RUNS ltac:(congruence) eq_refl) as [G I]; destruct (Q G I) as [Q1 Q2]; split; simpl;
       [rewrite Q1; auto | destruct Q2 as [-> | ->]; [eauto | exists 0; auto]]).
  - unfold trap. repeat match goal with |- context [if ?c then _ else _] => destruct c end; cbn [fst]; auto using die_placed;
      destruct P as [A B]; try (split; auto; fail).
    all: apply die_placed, die_placed; split; auto.
  - destruct (dead w i || _); exact P.
  - unfold trap. destruct (dead w i); auto. destruct (dead w j); cbn [fst]; auto using die_placed.
Qed.

Lemma always_placed t : placed (final step init t).
Proof.
  apply (run_keeps step placed (fun _ => True)); auto using step_placed. split; [reflexivity | exists 0; auto].
Qed.

Lemma offer_within p n a : 0 < size -> In a (offer size p n) -> exists k, k < n /\ a = p + k * size.
Proof. intros _ I. apply in_map_iff in I as (k & <- & K). apply in_seq in K. exists k. lia. Qed.

(* What a copy moves: no more than the request of the reader has room for, out of the request of the writer. *)
Lemma meet_given x s : progress (rd s) <= len (rd s) -> progress (wr s) <= len (wr s) -> len (wr s) <= length (src s) ->
  progress (rd s) + length (snd (meet x s)) <= len (rd s) /\ incl (snd (meet x s)) (src s).
Proof.
  intros A B C. pose proof (meet_spec x s A B C) as M. unfold meet in *. destruct (dropped s); [simpl in *; split; [lia | intros ? []]|].
  destruct (pending s); [| simpl in *; split; [lia | intros ? []]].
  destruct (0 <? remain (end_of (other x) s)); [destruct (0 <? remain (end_of x s))|destruct (_ && _)];
    try (simpl in *; split; [lia | intros ? []]; fail).
  set (n := Nat.min _ _) in *. unfold transfer in *. cbn [snd] in *. cbn [rd wr len progress advance] in M. split; [lia|].
  intros a I. rewrite <- (firstn_skipn (progress (wr s)) (src s)). apply in_or_app. right.
  rewrite <- (firstn_skipn n (skipn (progress (wr s)) (src s))). apply in_or_app. now left.
Qed.

(* The request of the end that copies and that of the other one, in the world after the operation was asked for. *)
Definition asks (w : world) (o : op) : (nat * nat) * (nat * nat) := (* reader's address and number, writer's *)
  match o with
  | IRead i p n _ => ((p, n), (ptr (hw w), length (src (str w))))
  | IWrite i p n _ => ((ptr (hr w), len (rd (str w))), (p, n))
  | _ => ((0, 0), (0, 0))
  end.

(* ST03: a step changes a byte of a memory only if that instance's own code does, or in the request of the reader that the
   instance holds, which lies in the memory. *)
Theorem st03_no_other_byte_is_written t o i a : 0 < size -> let w := final step init t in
  mem (fst (step w o)) i a <> mem w i a ->
  (exists b, o = IPoke i a b /\ a < bytes) \/
  (i = holder (hr w) /\ within (fst (fst (asks w o))) (snd (fst (asks w o))) a /\ a < bytes).
Proof.
  intros Z w N. pose proof (always_placed t : placed w) as P. destruct (stream_ok size bytes number t) as [(KR & KW & KS) _].
  fold w in KR, KW, KS. clearbody w. destruct P as [FR (m & SM & FW)].
  assert (ACT : forall x k may so, mem (fst (act x k may so w)) i a = mem w i a).
  { intros. unfold act, trap. repeat match goal with |- context [if ?c then _ else _] => destruct c end; auto.
    destruct (stream.step (str w) so) as [s r]. destruct (what r); auto. }
  assert (INSIDE : forall p n q l, fits size bytes p n = true -> q + l <= n -> p + q * size <= a -> a < p + q * size + l * size ->
    within p n a /\ a < bytes).
  { intros p n q l F L A B. assert (Q : (q + l) * size <= n * size) by (apply Nat.mul_le_mono_r; lia).
    rewrite Nat.mul_add_distr_r in Q. unfold fits in F. apply orb_prop in F as [F | F].
    - apply Nat.eqb_eq in F. subst. assert (q = 0 /\ l = 0) as [-> ->] by lia. simpl in *. lia.
    - apply Nat.leb_le in F. unfold within. lia. }
  destruct o as [k p n y | k p n y | k x | k x | k x | k j | k c b | k j]; cbn [instance.step asks fst snd] in *;
    try (elim N; apply ACT).
  - right. unfold copy, trap in N. destruct (dead w k); [elim N; reflexivity|]. destruct (negb _ || _) eqn:F; [elim N; reflexivity|].
    apply orb_false_elim in F as [H F]. apply negb_false_iff in F, H. destruct (barred _ _ _); [elim N; reflexivity|].
    pose proof (copy_runs R (str w) (ORead n)) as RUNS.
    assert (G : what (snd (stream.step (str w) (ORead n))) <> Trap -> progress (rd (str w)) + length (given (snd (stream.step (str w) (ORead n)))) <= n).
    { intro T. destruct (RUNS T eq_refl) as [G I]. cbn [stream.step] in *. cbn [end_of] in G, I. rewrite G, I.
      assert (Z0 : progress (rd (str w)) = 0) by (destruct KR as [_ [Q | Q]]; [congruence | tauto]). rewrite Z0.
      pose proof (meet_given R (set R (str w) (begin_copy (rd (str w)) n))) as Q.
      destruct (meet R (set R (str w) (begin_copy (rd (str w)) n))) as [s1 g]. unfold finish. destruct (take_event R s1) as [s2 b]. simpl in *.
      destruct KW. apply Q; lia. }
    destruct (stream.step (str w) (ORead n)) as [s r]. cbn [snd] in *.
    destruct (what r) eqn:T; try (elim N; reflexivity);
      (specialize (G ltac:(congruence)); simpl in N;
       destruct ((i =? k) && _ && _) eqn:E; [| congruence];
       apply andb_prop in E as [E E3]; apply andb_prop in E as [E1 E2];
       apply Nat.eqb_eq in E1, H; apply Nat.leb_le in E2; apply Nat.ltb_lt in E3; simpl in H; split; [congruence|];
       eapply INSIDE; eauto).
  - right. unfold copy, trap in N. destruct (dead w k); [elim N; reflexivity|]. destruct (negb _ || _) eqn:F; [elim N; reflexivity|].
    apply orb_false_elim in F as [H F]. destruct (barred _ _ _); [elim N; reflexivity|].
    pose proof (copy_runs W (str w) (OWrite (offer size p n))) as RUNS.
    assert (G : what (snd (stream.step (str w) (OWrite (offer size p n)))) <> Trap ->
      progress (rd (str w)) + length (given (snd (stream.step (str w) (OWrite (offer size p n))))) <= len (rd (str w))).
    { intro T. destruct (RUNS T eq_refl) as [G I]. cbn [stream.step] in *. cbn [end_of] in G, I. rewrite G, I.
      set (s0 := Stream (rd (str w)) _ _ _ _). pose proof (meet_given W s0) as Q.
      destruct (meet W s0) as [s1 g]. unfold finish. destruct (take_event W s1) as [s2 b]. simpl in *.
      destruct KR. apply Q; lia. }
    destruct (stream.step (str w) (OWrite (offer size p n))) as [s r]. cbn [snd] in *.
    destruct (what r) eqn:T; try (elim N; reflexivity);
      (specialize (G ltac:(congruence)); simpl in N;
       destruct ((i =? holder (hr w)) && _ && _) eqn:E; [| congruence];
       apply andb_prop in E as [E E3]; apply andb_prop in E as [E1 E2];
       apply Nat.eqb_eq in E1; apply Nat.leb_le in E2; apply Nat.ltb_lt in E3; split; [congruence|];
       eapply INSIDE; eauto).
  - elim N. unfold trap. repeat match goal with |- context [if ?c then _ else _] => destruct c end; reflexivity.
  - destruct (dead w k || _) eqn:D; [elim N; reflexivity|]. apply orb_false_elim in D as [_ D]. apply Nat.leb_gt in D. simpl in N.
    destruct ((i =? k) && (a =? c)) eqn:E; [| congruence]. apply andb_prop in E as [E1 E2]. apply Nat.eqb_eq in E1, E2. subst. left. eauto.
  - elim N. unfold trap. repeat match goal with |- context [if ?c then _ else _] => destruct c end; reflexivity.
Qed.

(* ... and what is read for it are elements of the writer's request, which lies in its memory. *)
Theorem st03_no_other_byte_is_read t : let w := final step init t in forall a, 0 < size -> In a (src (str w)) ->
  exists n, within (ptr (hw w)) n a /\ a + size <= bytes /\ src (str w) = offer size (ptr (hw w)) n.
Proof.
  intros w a Z I. destruct (always_placed t) as [_ (n & S & F)]. fold w in S, F. exists n. rewrite S in I.
  apply offer_within in I as (k & K & ->); auto. assert (Q : (k + 1) * size <= n * size) by (apply Nat.mul_le_mono_r; lia).
  rewrite Nat.mul_add_distr_r in Q. unfold fits in F. apply orb_prop in F as [F | F].
  - apply Nat.eqb_eq in F. lia.
  - apply Nat.leb_le in F. unfold within. repeat split; try lia. exact S.
Qed.

(* ---- IN01, IN02 ------------------------------------------------------------------------------------------------------ *)

(* IN01: no code of an instance that is dead runs again, *)
Definition who_acts (o : op) : nat :=
  match o with
  | IRead i _ _ _ | IWrite i _ _ _ | IEvent i _ | ICancel i _ | IDrop i _ | IGive i _ | IPoke i _ _ | IFault i _ => i
  end.

Theorem in01_no_code_runs w o : dead w (who_acts o) = true -> step w o = (w, Refused).
Proof. intro D. destruct o; cbn [instance.step who_acts] in *; unfold copy, act; rewrite D; reflexivity. Qed.

Lemma dead_stays w o i : dead w i = true -> dead (fst (step w o)) i = true.
Proof.
  intro D. assert (X : forall k v, dead v i = true -> dead (die k v) i = true) by (intros k v E; simpl; destruct (i =? k); auto).
  destruct o as [k p n y | k p n y | k x | k x | k x | k j | k a b | k j]; cbn [instance.step]; unfold copy, act, trap;
    repeat match goal with |- context [if ?c then _ else _] => destruct c; cbn [fst] end; auto;
    (match goal with |- context [stream.step (str w) ?o] => destruct (stream.step (str w) o) as [s r] end;
     destruct (what r); cbn [fst]; auto).
Qed.

Theorem in01_dead_for_ever t u i : dead (final step init t) i = true -> dead (final step (final step init t) u) i = true.
Proof. intro D. apply (run_keeps step (fun w => dead w i = true) (fun _ => True)); auto using dead_stays. Qed.

(* ... whoever traps is dead, and its ends are gone: *)
Definition gone_with (w : world) : Prop := forall x, dead w (holder (of x w)) = true -> gone (end_of x (str w)) = true.

Lemma kill_gone x s : gone (end_of x (fst (stream.step s (OKill x)))) = true.
Proof.
  cbn [stream.step]. destruct (gone (end_of x s)) eqn:G; [exact G|]. cbn [fst]. unfold kill.
  destruct (pending s) as [y |]; destruct x; try destruct y; reflexivity.
Qed.

Lemma gone_stays x s o : gone (end_of x s) = true -> gone (end_of x (fst (stream.step s o))) = true.
Proof.
  intro G. destruct s as [[rs rl rp re rg] [ws wl wp we wg] l p d].
  destruct o as [n | es | y | y | y | y]; try destruct y; destruct x; simpl in *; subst;
    unfold finish, take_event, meet, kill, transfer, remain; simpl;
    repeat match goal with
    | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
    | |- context [if ?b then _ else _] => destruct b eqn:?; simpl in *
    end; auto.
Qed.

Lemma reaches_gone x s s' : reaches s s' -> gone (end_of x s) = true -> gone (end_of x s') = true.
Proof.
  intros [u ->]. revert s. induction u as [| o u IH]; intros s G; [exact G|]. rewrite final_cons. apply IH, gone_stays, G.
Qed.

Lemma die_gone_with i w : gone_with w -> gone_with (die i w).
Proof.
  intros H x. assert (E : holder (of x (die i w)) = holder (of x w)) by (destruct x; reflexivity). rewrite E.
  cbn [dead die]. intro D. destruct (Nat.eqb_spec (holder (of x w)) i) as [M | M].
  - unfold die. cbn [str]. unfold lose at 1. destruct x.
    + assert (G : gone (rd (lose R i w (str w))) = true).
      { unfold lose. rewrite M, Nat.eqb_refl. apply (kill_gone R). }
      destruct (holder (of W w) =? i); [apply (gone_stays R), G | exact G].
    + rewrite M, Nat.eqb_refl. apply (kill_gone W).
  - eapply reaches_gone; [apply die_reaches | now apply H].
Qed.

Lemma step_gone_with w o : gone_with w -> gone_with (fst (step w o)).
Proof.
  intros H. pose proof (step_reaches size bytes number w o) as Q.
  assert (D : forall s, dead (with_str w s) = dead w) by reflexivity.
  destruct o as [k p n y | k p n y | k x | k x | k x | k j | k a b | k j].
  1, 2: cbn [instance.step] in *; unfold copy, trap in *; destruct (dead w k) eqn:K; [exact H|];
    destruct (negb _ || _) eqn:F; [apply die_gone_with, H|]; apply orb_false_elim in F as [F _]; apply negb_false_iff, Nat.eqb_eq in F;
    destruct (barred _ _ _); [apply die_gone_with, H|];
    match goal with |- context [stream.step ?v ?o] => destruct (stream.step v o) as [s r] end;
    destruct (what r); cbn [fst] in *; try (apply die_gone_with, H);
    intros z Z; (eapply reaches_gone; [exact Q |]; apply H; destruct z; simpl in *; congruence).
  1, 2, 3: cbn [instance.step] in *; unfold act, trap in *; destruct (dead w k) eqn:K; [exact H|];
    destruct (negb _ || _ || _); [apply die_gone_with, H|];
    match goal with |- context [stream.step ?v ?o] => destruct (stream.step v o) as [s r] end;
    destruct (what r); cbn [fst] in *; try (apply die_gone_with, H);
    intros z Z; (eapply reaches_gone; [exact Q |]; apply H; destruct z; simpl in *; congruence).
  - cbn [instance.step] in *. destruct (dead w k) eqn:K; [exact H|]. destruct (dead w j) eqn:J; [apply die_gone_with, H|].
    destruct (_ && _ && _); cbn [fst]; [| apply die_gone_with, die_gone_with, H].
    intros z Z. destruct z; simpl in *; [congruence | now apply (H W)].
  - cbn [instance.step] in *. destruct (dead w k || _); exact H.
  - cbn [instance.step] in *. unfold trap in *. destruct (dead w k); [exact H|]. destruct (dead w j); cbn [fst]; repeat apply die_gone_with; exact H.
Qed.

Theorem in01_ends_go_with_their_instance t x : let w := final step init t in
  dead w (holder (of x w)) = true -> gone (end_of x (str w)) = true.
Proof.
  intros w D. assert (G : gone_with w); [| exact (G x D)].
  apply (run_keeps step gone_with (fun _ => True)); auto using step_gone_with. intros y E. discriminate.
Qed.

Theorem in01_who_traps_is_dead w o : snd (step w o) = Trapped -> dead (fst (step w o)) (who_acts o) = true.
Proof.
  destruct o as [k p n y | k p n y | k x | k x | k x | k j | k a b | k j]; cbn [instance.step who_acts]; unfold copy, act, trap;
    repeat match goal with |- context [if ?c then _ else _] => destruct c eqn:?; cbn [fst snd] end; try discriminate;
    try (intros _; cbn [dead die]; rewrite Nat.eqb_refl; reflexivity);
    (match goal with |- context [stream.step (str w) ?o] => destruct (stream.step (str w) o) as [s r] end;
     destruct (what r); cbn [fst snd]; try discriminate; intros _; cbn [dead die]; rewrite Nat.eqb_refl; reflexivity).
Qed.

(* ... which its peers see: the other end does not wait any more (its event is there), and each copy that it begins from
   now on, if it may begin one, says DROPPED. *)
Theorem in01_peers_see_the_drop t x : let w := final step init t in dead w (holder (of (other x) w)) = true ->
  ~ waits (end_of x (str w)) /\
  (gone (end_of x (str w)) = false -> state (end_of x (str w)) = IDLE -> forall n es,
   what (snd (stream.step (str w) (match x with R => ORead n | W => OWrite es end))) = Done DROPPED 0).
Proof.
  intros w D. pose proof (in01_ends_go_with_their_instance t (other x) D) as E. fold w in E. clear D. rename E into D.
  destruct (stream_of_world size bytes number t) as [u U]. fold w in U. split.
  - rewrite U in *. now apply st05_nobody_waits_for_who_is_gone.
  - intros G I n es. destruct (always_known u) as (_ & _ & _ & _ & _ & E & _). rewrite <- U in E.
    assert (F : dropped (str w) = true) by (rewrite E; destruct x; simpl in D; rewrite D; auto using orb_true_r).
    destruct (st05_drop_ends_the_next_copy (str w) n es F) as [A B]. destruct x; auto.
Qed.

(* IN02: a trap changes no byte of any memory. *)
Theorem in02_a_trap_changes_no_byte w o i a : snd (step w o) = Trapped -> mem (fst (step w o)) i a = mem w i a.
Proof.
  destruct o as [k p n y | k p n y | k x | k x | k x | k j | k c b | k j]; cbn [instance.step]; unfold copy, act, trap;
    repeat match goal with |- context [if ?c then _ else _] => destruct c; cbn [fst snd] end; auto; try discriminate;
    (match goal with |- context [stream.step (str w) ?o] => destruct (stream.step (str w) o) as [s r] end;
     destruct (what r); cbn [fst snd]; auto; discriminate).
Qed.
End Bytes.
